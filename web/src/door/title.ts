/** The title of a page from the server, with the number of people who wait. */

export function titled(title: string, waiting: number): string {
	return waiting > 0 ? `(${waiting}) ${title}` : title;
}
